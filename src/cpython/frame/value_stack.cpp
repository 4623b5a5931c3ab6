#include "cpython/frame/value_stack.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace pyexc::cpython {

namespace {

constexpr std::uint64_t pointer_size = 8;
constexpr std::int64_t max_stack = 1'000;
constexpr std::size_t max_table = 1U << 20;
constexpr std::int64_t code_unit = 2;

/// PyTryBlock {int b_type, b_handler, b_level}, Include/cpython/frameobject.h up to 3.10.
constexpr std::uint64_t block_size = 12, block_level = 8;
constexpr std::int32_t max_blocks = 20;  // CO_MAXBLOCKS

/// Objects/exception_handling_notes.txt (3.11+): numbers of six bits a byte, the highest first;
/// 0x40 says that more follow, 0x80 that an entry begins.
class ExceptionTable {
 public:
  explicit ExceptionTable(std::string_view bytes) : bytes_(bytes) {}

  /// The depth that the handler of the instruction keeps; empty if there is none.
  std::optional<std::uint64_t> depth_at(std::uint64_t unit) {
    while (at_ < bytes_.size()) {
      const auto start = number(), size = number(), target = number(), depth = number();
      if (!start || !size || !target || !depth) return std::nullopt;
      if (*start > unit) return std::nullopt;
      if (unit - *start < *size) return *depth >> 1;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::uint64_t> number() {
    constexpr std::uint64_t most = std::uint64_t{1} << 32;
    std::uint64_t value = 0;
    while (at_ < bytes_.size()) {
      const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
      value = value << 6 | (byte & 0x3f);
      if (value > most) return std::nullopt;
      if ((byte & 0x40) == 0) return value;
    }
    return std::nullopt;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

Result<std::size_t> depth_of_blocks(Heap& heap, RemoteAddr frame) {
  const auto& f = heap.layout().frame_object;
  PYEXC_TRY(const auto blocks, heap.field<std::int32_t>(frame, f.f_iblock));
  if (blocks < 1 || blocks > max_blocks) return std::size_t{0};
  const RemoteAddr last =
      frame + *f.f_blockstack + static_cast<std::uint64_t>(blocks - 1) * block_size;
  PYEXC_TRY(const auto level, heap.memory().read<std::int32_t>(last + block_level));
  return level > 0 ? static_cast<std::size_t>(level) : std::size_t{0};
}

Result<std::size_t> depth_of_handler(Heap& heap, const FrameFacts& frame) {
  if (frame.lasti < 0) return std::size_t{0};
  PYEXC_TRY(const auto object, heap.pointer(frame.code, heap.layout().code.co_exceptiontable));
  PYEXC_TRY(const auto bytes, heap.raw_bytes(object, max_table));
  const auto depth =
      ExceptionTable(bytes).depth_at(static_cast<std::uint64_t>(frame.lasti / code_unit));
  return static_cast<std::size_t>(depth.value_or(0));
}

Result<RemoteAddr> bottom(Heap& heap, const FrameFacts& frame) {
  const auto& layout = heap.layout();
  if (frame.iframe.null())
    return heap.pointer(frame.frame_object, layout.frame_object.f_valuestack);
  PYEXC_TRY(const auto variables, heap.field<std::int32_t>(frame.code, layout.code.co_nlocalsplus));
  if (variables < 0 || static_cast<std::size_t>(variables) > heap.limits().max_items)
    return fail(Error::at(Errc::invalid, frame.code.value(),
                          "code with an impossible number of variables"));
  return frame.iframe + *layout.iframe.localsplus +
         static_cast<std::uint64_t>(variables) * pointer_size;
}

}  // namespace

Result<ValueStack> value_stack(Heap& heap, const FrameFacts& frame) {
  ValueStack stack;
  PYEXC_TRY(const auto size, heap.field<std::int32_t>(frame.code, heap.layout().code.co_stacksize));
  if (size < 1 || size > max_stack) return stack;
  PYEXC_TRY(const auto first, bottom(heap, frame));
  PYEXC_CHECK(heap.memory().touch(first, static_cast<std::size_t>(size) * pointer_size));
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(size); ++i) {
    PYEXC_TRY(const auto value, heap.memory().read_pointer(first + i * pointer_size));
    stack.places.push_back(heap.untag(value));
  }
  PYEXC_TRY(const auto depth, frame.iframe.null() ? depth_of_blocks(heap, frame.frame_object)
                                                  : depth_of_handler(heap, frame));
  stack.in_use = std::min(depth, stack.places.size());
  return stack;
}

}  // namespace pyexc::cpython
