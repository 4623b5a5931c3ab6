"""Prints, as JSON, which lines of this Python's traceback.py and linecache.py format_exception can reach.

A function is reachable if a chain of references by name leads to it from traceback.format_exception: a name
resolves to the function or class of the module, an attribute to every method of that name (and to linecache's
functions, when it is an attribute of `linecache`). Of a reachable function all lines with bytecode count, less the
branches that format_exception's own arguments or a third party rule out; these are in a data file, with reasons.
"""

import ast
import dis
import json
import linecache
import sys
import traceback


class Module:
    def __init__(self, module):
        self.filename = module.__file__
        with open(self.filename, encoding="utf-8") as stream:
            self.source = stream.read()
        self.tree = ast.parse(self.source)
        self.functions = {}  # qualified name -> node
        self.classes = {}
        for node in self.tree.body:
            self._add(node, "")
        self.code_lines = {}  # qualified name -> lines of the function and of what is nested in it
        self._collect(compile(self.source, self.filename, "exec", dont_inherit=True), "")

    def _add(self, node, prefix):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.functions[prefix + node.name] = node
        elif isinstance(node, ast.ClassDef):
            self.classes[node.name] = node
            for member in node.body:
                self._add(member, node.name + ".")
        elif isinstance(node, (ast.If, ast.Try)):
            for member in node.body + node.orelse:
                self._add(member, prefix)

    def _collect(self, code, prefix):
        for constant in code.co_consts:
            if not isinstance(constant, type(code)):
                continue
            name = prefix + constant.co_name
            if name in self.functions:
                self.code_lines.setdefault(name, set()).update(lines_of(constant))
            elif constant.co_name in self.classes:
                self._collect(constant, constant.co_name + ".")
            elif constant.co_name.startswith("<generic"):
                self._collect(constant, prefix)


def lines_of(code):
    lines = {line for _, line in dis.findlinestarts(code) if line}
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            lines |= lines_of(constant)
    return lines


def references(node, ignored_lines):
    """(base name or None, name, is an attribute) of what the body of a function mentions."""
    for child in ast.walk(node):
        if getattr(child, "lineno", 0) in ignored_lines:
            continue
        if isinstance(child, ast.Name):
            yield None, child.id, False
        elif isinstance(child, ast.Attribute):
            base = child.value.id if isinstance(child.value, ast.Name) else None
            yield base, child.attr, True


def reachable(modules, excluded_functions, excluded_lines):
    todo, seen = [("traceback", "format_exception")], set()
    while todo:
        key = todo.pop()
        if key in seen or key in excluded_functions:
            continue
        seen.add(key)
        module = modules[key[0]]
        for base, name, is_attribute in references(module.functions[key[1]], excluded_lines(*key)):
            if base == "linecache" and key[0] == "traceback":
                if name in modules["linecache"].functions:
                    todo.append(("linecache", name))
            elif not is_attribute:
                if name in module.functions:
                    todo.append((key[0], name))
                if name in module.classes and name + ".__init__" in module.functions:
                    todo.append((key[0], name + ".__init__"))
            else:
                for function in module.functions:
                    if function.endswith("." + name):
                        todo.append((key[0], function))
    return seen


def normalised(text):
    return " ".join((text or "").split())


def branch_lines(nodes):
    return {line for node in nodes for line in range(node.lineno, node.end_lineno + 1)}


def lines_of_rule(module, function, rule):
    """The lines that one rule of the data file takes out of one function."""
    lines = set()
    for node in ast.walk(module.functions[function]):
        if isinstance(node, ast.If) and "condition" in rule:
            if normalised(ast.get_source_segment(module.source, node.test)) == rule["condition"]:
                lines |= branch_lines(node.orelse if rule.get("branch") == "else" else node.body)
        elif isinstance(node, ast.ExceptHandler) and "except" in rule:
            if normalised(ast.get_source_segment(module.source, node.type) if node.type else "") == rule["except"]:
                lines |= branch_lines([node])
        elif isinstance(node, ast.stmt) and ("statement" in rule or "after" in rule):
            wanted = rule.get("statement", rule.get("after"))
            if normalised(ast.get_source_segment(module.source, node)).startswith(wanted):
                if "statement" in rule:
                    lines |= branch_lines([node])
                else:
                    lines |= set(range(node.end_lineno + 1, module.functions[function].end_lineno + 1))
    return lines


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        rules = json.load(stream)
    modules = {"traceback": Module(traceback), "linecache": Module(linecache)}
    whole = {(rule["module"], rule["function"]): number for number, rule in enumerate(rules)
             if not {"condition", "except", "statement", "after"} & set(rule)}
    used, known = set(), {}

    def excluded_lines(module_name, function):
        if (module_name, function) not in known:
            lines = known[module_name, function] = set()
            for number, rule in enumerate(rules):
                if (rule["module"] == module_name and rule["function"] in (function, "*")
                        and number not in whole.values()):
                    taken = lines_of_rule(modules[module_name], function, rule)
                    lines |= taken
                    if taken:
                        used.add(number)
        return known[module_name, function]

    answer = {}
    for module_name, function in sorted(reachable(modules, whole, excluded_lines)):
        lines = modules[module_name].code_lines.get(function, set()) - excluded_lines(module_name, function)
        answer.setdefault(module_name + ".py", {})[function] = sorted(lines)
    used |= {number for (module_name, function), number in whole.items()
             if function in modules[module_name].functions}
    json.dump({"lines": answer, "rules_used": sorted(used)}, sys.stdout)


if __name__ == "__main__":
    main()
