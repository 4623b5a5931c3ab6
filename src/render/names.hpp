#pragma once
// How traceback.py names a type: the module in front, but for the modules everybody knows.

#include <string>

#include "report/report.hpp"

namespace pyexc::render {

[[nodiscard]] inline std::string type_name(const Exception& exception) {
  if (exception.module_kind != Exception::Module::text) return "<unknown>." + exception.qualname;
  if (exception.module == "builtins" || exception.module == "__main__") return exception.qualname;
  return exception.module + "." + exception.qualname;
}

}  // namespace pyexc::render
