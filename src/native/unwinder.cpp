#include "native/unwinder.hpp"

#include <fmt/format.h>
#include <libunwind.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "report/problem_codes.hpp"

// Exported by libunwind's generic library, which declares it nowhere: the search of libunwind-ptrace, without its
// ptrace calls.
extern "C" int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t, unw_word_t, unw_dyn_info_t*,
                                                  unw_proc_info_t*, int, void*);

namespace pyexc::native {

struct Unwinder::State {
  Modules& modules;
  unw_addr_space_t space = nullptr;
  // Of the thread at hand.
  const Registers* registers = nullptr;
  std::uint64_t words = 0;       // read so far
  bool in_table = false;         // its search is under way
  bool no_table = false;         // nothing is known of how to unwind a frame
  std::uint64_t missing = 0;     // an address that was wanted and is not kept

  explicit State(Modules& m) : modules(m) {}

  static State& of(void* argument) { return *static_cast<State*>(argument); }

  static int find_proc_info(unw_addr_space_t, unw_word_t ip, unw_proc_info_t* info, int need, void* argument) {
    State& self = of(argument);
    const int found = self.find(ip, info, need);
    if (found < 0) self.no_table = true;
    return found;
  }

  int find(unw_word_t ip, unw_proc_info_t* info, int need) {
    const Place place = modules.code_at(ip);
    if (place.module == nullptr || !place.module->eh_frame_header()) return -UNW_ENOINFO;
    const elf::EhFrameHeader& header = *place.module->eh_frame_header();
    const std::uint64_t at = header.vaddr + place.bias;
    // LSB, "Exception Frames", .eh_frame_hdr: version, three encodings; then the address of .eh_frame and the
    // number of entries, four bytes each in what linkers write, and the entries, sorted.
    constexpr std::uint64_t head = 12, entry = 8;
    constexpr std::uint8_t version = 1, datarel_sdata4 = 0x3b, udata4 = 0x03, sdata4_mask = 0x0f, sdata4 = 0x0b;
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
      // The header is aligned to four bytes only.
      const auto word = modules.word((at + i) & ~std::uint64_t{7});
      if (!word) return -UNW_ENOINFO;
      const std::uint64_t shifted = *word >> (((at + i) & 4U) * 8);
      std::memcpy(bytes.data() + i, &shifted, 4);
    }
    if (bytes[0] != version || (bytes[1] & sdata4_mask) != sdata4 || bytes[2] != udata4 || bytes[3] != datarel_sdata4)
      return -UNW_ENOINFO;
    std::uint32_t count = 0;
    std::memcpy(&count, bytes.data() + 8, sizeof count);
    if (count == 0 || header.size < head || count > (header.size - head) / entry) return -UNW_ENOINFO;
    unw_dyn_info_t table{};
    table.start_ip = place.mapping->start;
    table.end_ip = place.mapping->end;
    table.format = UNW_INFO_FORMAT_REMOTE_TABLE;
    table.u.rti.segbase = at;
    table.u.rti.table_len = count * entry / sizeof(unw_word_t);
    table.u.rti.table_data = at + head;
    in_table = true;
    const int found = UNW_OBJ(dwarf_search_unwind_table)(space, ip, &table, info, need, this);
    in_table = false;
    return found;
  }

  static void put_unwind_info(unw_addr_space_t, unw_proc_info_t*, void*) {}
  static int get_dyn_info_list_addr(unw_addr_space_t, unw_word_t*, void*) { return -UNW_ENOINFO; }

  static int access_mem(unw_addr_space_t, unw_word_t address, unw_word_t* value, int write, void* argument) {
    State& self = of(argument);
    if (write != 0 || ++self.words > max_words) return -UNW_EINVAL;
    const auto word = self.modules.word(address);
    if (!word && self.in_table && self.modules.is_data(address)) {
      // The personality of a function, through a pointer that the loader filled in: only exceptions of C++ need it.
      *value = 0;
      return 0;
    }
    if (!word) {
      self.missing = address;
      return -UNW_EINVAL;
    }
    *value = *word;
    return 0;
  }

  static int access_reg(unw_addr_space_t, unw_regnum_t number, unw_word_t* value, int write, void* argument) {
    static_assert(int{UNW_X86_64_RAX} == int{Registers::rax} && int{UNW_X86_64_RSP} == int{Registers::rsp} &&
                  int{UNW_X86_64_RIP} == int{Registers::rip});
    if (write != 0 || number < 0 || number >= Registers::count) return -UNW_EBADREG;
    *value = of(argument).registers->values[static_cast<std::size_t>(number)];
    return 0;
  }

  static int access_fpreg(unw_addr_space_t, unw_regnum_t, unw_fpreg_t*, int, void*) { return -UNW_EBADREG; }
  static int resume(unw_addr_space_t, unw_cursor_t*, void*) { return -UNW_EINVAL; }
  static int get_proc_name(unw_addr_space_t, unw_word_t, char*, std::size_t, unw_word_t*, void*) {
    return -UNW_ENOINFO;
  }

  [[nodiscard]] std::string no_more(int status) const {
    if (words > max_words) return "its tables ask for too much";
    if (missing != 0) return fmt::format("memory at {:#x} is not there or was not kept", missing);
    return fmt::format("{}", unw_strerror(status));
  }
};

Unwinder::Unwinder(Modules& modules) : state_(std::make_unique<State>(modules)) {
  unw_accessors_t accessors{};
  accessors.find_proc_info = State::find_proc_info;
  accessors.put_unwind_info = State::put_unwind_info;
  accessors.get_dyn_info_list_addr = State::get_dyn_info_list_addr;
  accessors.access_mem = State::access_mem;
  accessors.access_reg = State::access_reg;
  accessors.access_fpreg = State::access_fpreg;
  accessors.resume = State::resume;
  accessors.get_proc_name = State::get_proc_name;
  state_->space = unw_create_addr_space(&accessors, 0);
  if (state_->space != nullptr) unw_set_caching_policy(state_->space, UNW_CACHE_GLOBAL);
}

Unwinder::~Unwinder() {
  if (state_->space != nullptr) unw_destroy_addr_space(state_->space);
}

NativeStack Unwinder::unwind(const TargetThread& thread, const StackRange& kept) {
  NativeStack stack;
  stack.tid = thread.tid;
  const auto end = [&](std::string what) {
    stack.problem = problem::native_incomplete;
    stack.what = std::move(what);
  };
  if (!thread.registers) {
    end(thread.stopped ? "its registers could not be read" : "it did not stop, so it has no registers that hold");
    return stack;
  }
  State& state = *state_;
  state.registers = &*thread.registers;
  state.words = 0;
  unw_cursor_t cursor;
  if (state.space == nullptr || unw_init_remote(&cursor, state.space, &state) < 0) {
    end("libunwind does not take its registers");
    return stack;
  }
  for (;;) {
    unw_word_t ip = 0, sp = 0;
    if (unw_get_reg(&cursor, UNW_REG_IP, &ip) < 0 || unw_get_reg(&cursor, UNW_REG_SP, &sp) < 0) {
      end("a frame without an instruction pointer");
      return stack;
    }
    if (!stack.frames.empty()) stack.frames.back().stack_end = sp;
    // A return address of zero ends a stack that no table describes.
    if (ip == 0 && !stack.frames.empty()) return stack;
    const bool interrupted = stack.frames.empty() || stack.frames.back().signal_handler;
    NativeFrame& frame = stack.frames.emplace_back();
    frame.address = ip;
    frame.stack_begin = frame.stack_end = sp;
    frame.interrupted = interrupted;
    frame.signal_handler = unw_is_signal_frame(&cursor) > 0;
    if (stack.frames.size() == max_frames) {
      stack.problem = errc_name(Errc::limit);
      stack.what = fmt::format("more than {} frames", max_frames);
      return stack;
    }
    state.no_table = false;
    state.missing = 0;
    const int status = unw_step(&cursor);
    if (status == 0 && !state.no_table) return stack;
    // Then libunwind goes along frame pointers, which compilers leave out: it may lead anywhere.
    if (state.no_table) {
      end(fmt::format("nothing says how to unwind {:#x}", ip));
      return stack;
    }
    if (status < 0 && kept.cut() && state.missing >= kept.end && state.missing < kept.whole_end) {
      stack.problem = errc_name(Errc::limit);
      stack.what = fmt::format("of its {} KiB of stack the innermost {} KiB are kept",
                               (kept.whole_end - kept.begin) >> 10U, (kept.end - kept.begin) >> 10U);
      return stack;
    }
    if (status < 0) {
      end(state.no_more(status));
      return stack;
    }
  }
}

}  // namespace pyexc::native
