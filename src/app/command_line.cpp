// The only file that includes CLI11, which is large and header-only.

#include "app/command_line.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>

namespace pyexc::app {

namespace {

/// What CLI11 fills in, before it is checked.
struct Raw {
  std::vector<std::string> pids;
  std::vector<std::string> threads;
  std::string recording, format = "text", color = "auto", max_freeze, timeout, record, output;
  std::string core, executable, sysroot, max_unpacked;
  std::vector<std::string> debug_dirs;
  std::string tasks = "busy", times, every, native = "none";
  std::vector<std::string> redact, keep;
  std::string max_string, max_items, max_depth, max_attributes;
  bool exceptions_only = false, children = false, locals = false, full = false, no_freeze = false, no_redact = false,
       verbose = false, version = false;
};

void declare(CLI::App& app, Raw& raw) {
  // What the options mean to a person stands in help.cpp: CLI11's own layout differs from version
  // to version.
  app.add_option("pid", raw.pids);
  app.add_option("--format", raw.format)->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--exceptions-only", raw.exceptions_only);
  app.add_option("--thread", raw.threads)->allow_extra_args(false);
  app.add_option("--tasks", raw.tasks)->check(CLI::IsMember({"busy", "all", "tree", "none"}));
  app.add_flag("--native{python}", raw.native);
  app.add_flag("--children", raw.children);
  app.add_option("--times", raw.times);
  app.add_option("--every", raw.every);
  app.add_flag("--locals", raw.locals);
  app.add_flag("--full", raw.full);
  app.add_option("--max-string", raw.max_string);
  app.add_option("--max-items", raw.max_items);
  app.add_option("--max-depth", raw.max_depth);
  app.add_option("--max-attributes", raw.max_attributes);
  app.add_option("--max-freeze", raw.max_freeze);
  app.add_flag("--no-freeze", raw.no_freeze);
  app.add_option("--timeout", raw.timeout);
  app.add_option("--record", raw.record);
  app.add_option("--output", raw.output);
  app.add_flag("--color{always}", raw.color);
  app.add_option("--redact", raw.redact)->allow_extra_args(false);
  app.add_option("--keep", raw.keep)->allow_extra_args(false);
  app.add_flag("--no-redact", raw.no_redact);
  app.add_flag("-v,--verbose", raw.verbose);
  app.add_flag("--version", raw.version);
  CLI::App* replay = app.add_subcommand("replay");
  replay->fallthrough();
  replay->add_option("file", raw.recording)->required();
  CLI::App* core = app.add_subcommand("core");
  core->fallthrough();
  core->add_option("file", raw.core)->required();
  core->add_option("executable", raw.executable);
  core->add_option("--sysroot", raw.sysroot);
  core->add_option("--debug-dir", raw.debug_dirs)->allow_extra_args(false);
  core->add_option("--max-unpacked", raw.max_unpacked);
}

/// Words CLI11 would misread: -5 as options named 5, and for `--timeout= PID` the pid as the value.
Result<> refuse_misread_words(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") break;
    if (word.size() > 1 && word[0] == '-' && word[1] >= '0' && word[1] <= '9')
      return fail(Errc::usage, fmt::format("'{}' is negative", word));
    if (word.starts_with("--") && word.find('=') == word.size() - 1)
      return fail(Errc::usage, fmt::format("{} is given no value", word.substr(0, word.size() - 1)));
  }
  return {};
}

Result<> set_duration(const std::string& text, std::string_view option, auto& to) {
  if (text.empty()) return {};
  auto duration = parse_duration(text);
  if (!duration) return fail(Errc::usage, fmt::format("{}: {}", option, duration.error().what));
  to = *duration;
  return {};
}

/// A limit is raised to any number below what keeps the tool itself within bounds.
Result<> set_limit(const std::string& text, std::string_view option, std::size_t most, std::size_t& to) {
  if (text.empty()) return {};
  const auto number = parse_count(text);
  if (!number) return fail(Errc::usage, fmt::format("{}: {}", option, number.error().what));
  to = std::min(*number, most);
  return {};
}

Result<> set_value_limits(const Raw& raw, AttachOptions& session) {
  constexpr ValueLimits most = ValueLimits::full();
  ValueLimits& limits = session.values;
  if (raw.full) limits = most;
  PYEXC_CHECK(set_limit(raw.max_string, "--max-string", most.max_string, limits.max_string));
  PYEXC_CHECK(set_limit(raw.max_items, "--max-items", most.max_items, limits.max_items));
  PYEXC_CHECK(set_limit(raw.max_depth, "--max-depth", most.max_depth, limits.max_depth));
  PYEXC_CHECK(set_limit(raw.max_attributes, "--max-attributes", most.max_attributes, limits.max_attributes));
  // A text that one limit was raised for must have room for what that lets in.
  limits.max_text = std::min(most.max_text, std::max(limits.max_text, 4 * limits.max_string));
  for (const auto& [given, name] : {std::pair(raw.full, "--full"), std::pair(!raw.max_string.empty(), "--max-string"),
                                    std::pair(!raw.max_items.empty(), "--max-items"),
                                    std::pair(!raw.max_depth.empty(), "--max-depth"),
                                    std::pair(!raw.max_attributes.empty(), "--max-attributes")})
    if (given && !raw.locals) return fail(Errc::usage, fmt::format("{} means nothing without --locals", name));
  return {};
}

/// Nothing of a process that is not there (any more) can be stopped, nor looked at twice.
Result<> check_past(const Raw& raw, Command command) {
  const bool core = command == Command::core;
  if (!raw.pids.empty())
    return fail(Errc::usage, core ? "core takes a core file and its executable" : "replay takes one file and no process");
  if (core && raw.native != "none") return fail(Errc::usage, "--native: the frames of C of a core are not read yet");
  for (const auto& [given, name] : {std::pair(!core && !raw.record.empty(), "--record"),
                                    std::pair(raw.children, "--children"),
                                    std::pair(!raw.times.empty(), "--times"),
                                    std::pair(!raw.every.empty(), "--every"),
                                    std::pair(!raw.max_freeze.empty(), "--max-freeze"),
                                    std::pair(raw.no_freeze, "--no-freeze")})
    if (given) return fail(Errc::usage, fmt::format("{} means nothing for a {}", name, core ? "core" : "recording"));
  return {};
}

Result<> set_redaction(const Raw& raw, AttachOptions& session) {
  session.redact = !raw.no_redact;
  session.redaction = {raw.redact, raw.keep};
  if (raw.no_redact)
    for (const auto& [given, name] : {std::pair(!raw.redact.empty(), "--redact"), std::pair(!raw.keep.empty(), "--keep")})
      if (given) return fail(Errc::usage, fmt::format("{} means nothing with --no-redact", name));
  const auto rules = redact::Rules::make(session.redaction);
  return rules ? Result<>() : fail(rules.error());
}

Result<> set_looks(const Raw& raw, Options& options) {
  constexpr std::size_t most = 1'000;
  PYEXC_CHECK(set_limit(raw.times, "--times", SIZE_MAX, options.times));
  PYEXC_CHECK(set_duration(raw.every, "--every", options.every));
  if (options.times < 1 || options.times > most)
    return fail(Errc::usage, fmt::format("--times is a number from 1 to {}", most));
  if (!raw.every.empty() && options.times < 2) return fail(Errc::usage, "--every means nothing without --times");
  if (options.times > 1 && options.session.record_path)
    return fail(Errc::usage, "--record keeps one moment; it means nothing with --times");
  return {};
}

Result<> set_core(const Raw& raw, CoreOptions& core) {
  core.path = raw.core;
  if (!raw.executable.empty()) core.executable = raw.executable;
  if (!raw.sysroot.empty()) core.sysroot = raw.sysroot;
  core.debug_dirs = raw.debug_dirs;
  if (raw.max_unpacked.empty()) return {};
  const auto size = parse_size(raw.max_unpacked);
  if (!size) return fail(Errc::usage, fmt::format("--max-unpacked: {}", size.error().what));
  core.max_unpacked = *size;
  return {};
}

Result<Options> checked(const Raw& raw, Command command) {
  if (command != Command::attach) PYEXC_CHECK(check_past(raw, command));
  Options options;
  options.command = command;
  PYEXC_CHECK(set_core(raw, options.core));
  options.recording = raw.recording;
  options.format = raw.format == "json" ? Format::json : Format::text;
  options.verbose = raw.verbose;
  options.session.freeze = !raw.no_freeze;
  options.session.exceptions_only = raw.exceptions_only;
  if (raw.native != "none") {
    for (const auto& [given, name] : {std::pair(raw.no_freeze, "--no-freeze"), std::pair(raw.exceptions_only, "--exceptions-only")})
      if (given) return fail(Errc::usage, fmt::format("--native means nothing with {}", name));
    if (raw.native != "python" && raw.native != "all")
      return fail(Errc::usage, fmt::format("--native is python or all, not '{}'", raw.native));
    options.session.native = raw.native == "all" ? NativeThreads::all : NativeThreads::python;
  }
  options.session.tasks = raw.tasks != "none";
  options.tasks = raw.tasks == "tree" ? render::TaskView::tree
                  : raw.tasks == "all" ? render::TaskView::all
                                       : render::TaskView::busy;
  options.session.locals = raw.locals;
  PYEXC_CHECK(set_value_limits(raw, options.session));
  PYEXC_CHECK(set_redaction(raw, options.session));
  if (!raw.record.empty()) options.session.record_path = raw.record;
  if (!raw.output.empty()) options.output = raw.output;

  if (raw.color == "always") options.color = Color::always;
  else if (raw.color == "never") options.color = Color::never;
  else if (raw.color != "auto")
    return fail(Errc::usage, fmt::format("--color is auto, always or never, not '{}'", raw.color));

  PYEXC_CHECK(set_duration(raw.max_freeze, "--max-freeze", options.session.max_freeze));
  PYEXC_CHECK(set_duration(raw.timeout, "--timeout", options.timeout));
  for (const std::string& text : raw.threads) {
    auto tid = parse_pid(text);
    if (!tid) return fail(Errc::usage, fmt::format("--thread: '{}' is not a thread id", text));
    options.session.threads.push_back(*tid);
  }
  for (const std::string& text : raw.pids) {
    PYEXC_TRY(const std::int64_t pid, parse_pid(text));
    options.pids.push_back(pid);
  }
  if (command == Command::attach && options.pids.empty()) return fail(Errc::usage, "no process given");
  options.children = raw.children;
  if ((options.pids.size() > 1 || options.children) && options.session.record_path)
    return fail(Errc::usage, "--record writes one process to one file");
  PYEXC_CHECK(set_looks(raw, options));
  return options;
}

}  // namespace

Result<Options> parse_command_line(int argc, char** argv) {
  Raw raw;
  CLI::App app;
  declare(app, raw);
  PYEXC_CHECK(refuse_misread_words(argc, argv));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    Options options;
    options.command = Command::show_help;
    return options;
  } catch (const CLI::ParseError& error) {
    if (!raw.version) return fail(Errc::usage, error.what());
  }
  if (raw.version) {
    Options options;
    options.command = Command::show_version;
    return options;
  }
  return checked(raw, app.got_subcommand("replay") ? Command::replay
                     : app.got_subcommand("core") ? Command::core
                                                  : Command::attach);
}

}  // namespace pyexc::app
