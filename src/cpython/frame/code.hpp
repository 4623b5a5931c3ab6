#pragma once
// Code objects: names, file and positions. Read once per walk and address; a thousand frames of one
// function cost one code object.

#include <unordered_map>

#include "cpython/frame/line_table.hpp"
#include "cpython/object/heap.hpp"

namespace pyexc::cpython {

struct Code {
  RemoteAddr address;
  RemoteAddr filename;        ///< str objects; text is read in the decode phase only
  PyText file, name, qualname;
  std::int64_t first_line = 0;
  std::int64_t first_traceable = 0;  ///< code units; 3.11+
  std::string line_table;            ///< decode phase
  RemoteAddr line_table_object;
};

class CodeReader {
 public:
  explicit CodeReader(Heap& heap) : heap_(heap) { codes_.reserve(256); }

  /// Fails with `invalid` if the object is not a code object.
  [[nodiscard]] Result<const Code*> read(RemoteAddr address);

  /// Line and positions, in both phases.
  [[nodiscard]] Result<std::string> line_table(const Code& code);

 private:
  Heap& heap_;
  std::unordered_map<RemoteAddr, Code> codes_;
};

}  // namespace pyexc::cpython
