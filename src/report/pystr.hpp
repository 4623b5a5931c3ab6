#pragma once
// Text of the target inside the tool: "generalised UTF-8", what Python calls utf-8 with surrogatepass.
// Every str has exactly one such form, lone surrogates included (three bytes each), so nothing is lost
// between reading and printing; only a renderer decides how a surrogate looks.

#include <string>
#include <string_view>

namespace pyexc {

using PyText = std::string;
using PyTextView = std::string_view;

}  // namespace pyexc
