#include "target/core/notes.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <sys/procfs.h>
#include <sys/user.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include "target/core/file_bytes.hpp"

namespace pyexc::core {

namespace {

constexpr std::size_t max_notes = std::size_t{1} << 20;
constexpr std::size_t max_threads = 100'000;
constexpr std::uint32_t max_name = 64;
// The kernel gives up at core_file_note_size_limit, of which 16 MiB is the most that can be set.
constexpr std::uint32_t max_file_note = 16U << 20;
constexpr std::uint32_t max_auxv = 16U << 10;

static_assert(sizeof(elf_prstatus) == 336 && sizeof(elf_prpsinfo) == 136,
              "as a 64-bit x86 kernel writes them");

constexpr std::uint64_t aligned(std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; }

std::string text_of(const char* text, std::size_t size) {
  return std::string(text, ::strnlen(text, size));
}

/// Those that the kernel sends for what a thread did carry an address, the others a sender
/// (include/uapi/asm-generic/siginfo.h).
void add_details(Signal& signal, const siginfo_t& info) {
  signal.code = info.si_code;
  if (info.si_code <= 0) {  // SI_USER and what is sent by other calls
    if (info.si_code != SI_TIMER && info.si_code != SI_SIGIO) signal.sender_pid = info.si_pid;
    return;
  }
  switch (info.si_signo) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGTRAP:
      // SI_KERNEL: a general protection fault, which has no address.
      if (info.si_code != SI_KERNEL)
        signal.address = reinterpret_cast<std::uintptr_t>(info.si_addr);
      break;
    default: break;
  }
}

/// The call that these registers stand in. What a signal interrupts leaves with one of the kernel's
/// own error numbers, which no program ever sees (include/linux/errno.h), or with EINTR.
std::optional<PendingCall> pending_call(const user_regs_struct& registers) {
  constexpr std::int64_t restart_sys = 512, restart_no_intr = 513, restart_no_handler = 514,
                         restart_block = 516;
  const auto number = static_cast<std::int64_t>(registers.orig_rax);
  const auto result = static_cast<std::int64_t>(registers.rax);
  const bool waited = result == -restart_sys || result == -restart_no_intr ||
                      result == -restart_no_handler || result == -restart_block || result == -EINTR;
  if (number < 0 || !waited) return std::nullopt;
  return PendingCall{
      0,
      number,
      {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9}};
}

class Reader {
 public:
  Reader(int fd, Notes& notes) : fd_(fd), notes_(notes) {}

  Result<void> note(std::uint32_t type, bool linux_core, std::uint64_t offset, std::uint32_t size) {
    if (!linux_core) return {};
    switch (type) {
      case NT_PRSTATUS: return thread(offset, size);
      case NT_PRPSINFO: return process(offset, size);
      case NT_SIGINFO: return signal_info(offset, size);
      case NT_FILE: return files(offset, size);
      case NT_AUXV: return auxiliary(offset, size);
      default: return {};
    }
  }

 private:
  Result<void> thread(std::uint64_t offset, std::uint32_t size) {
    if (notes_.threads.size() >= max_threads)
      return fail(Errc::unreadable_file, "it lists more threads than are read");
    elf_prstatus status;
    PYEXC_CHECK(read_note(offset, size, status));
    TargetThread thread;
    thread.tid = thread.ns_tid = status.pr_pid;
    thread.stopped = true;
    user_regs_struct registers;
    static_assert(sizeof registers == sizeof status.pr_reg);
    std::memcpy(&registers, &status.pr_reg, sizeof registers);
    thread.registers = Registers::of(registers);
    if (auto call = pending_call(registers)) {
      call->tid = thread.tid;
      notes_.calls.push_back(*call);
    }
    if (notes_.threads.empty() && status.pr_cursig > 0) {
      Signal& signal = notes_.signal.emplace();
      signal.number = status.pr_cursig;
      const char* name = ::sigabbrev_np(status.pr_cursig);
      signal.name =
          name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", status.pr_cursig);
      signal.tid = status.pr_pid;
    }
    notes_.threads.push_back(std::move(thread));
    return {};
  }

  Result<void> process(std::uint64_t offset, std::uint32_t size) {
    elf_prpsinfo info;
    PYEXC_CHECK(read_note(offset, size, info));
    notes_.pid = info.pr_pid;
    notes_.uid = info.pr_uid;
    notes_.gid = info.pr_gid;
    notes_.comm = text_of(info.pr_fname, sizeof info.pr_fname);
    notes_.arguments = text_of(info.pr_psargs, sizeof info.pr_psargs);
    while (notes_.arguments.ends_with(' ')) notes_.arguments.pop_back();
    return {};
  }

  /// gcore writes one for each thread, with what last stopped it.
  Result<void> signal_info(std::uint64_t offset, std::uint32_t size) {
    if (!notes_.signal || notes_.threads.size() != 1) return {};
    siginfo_t info;
    PYEXC_CHECK(read_note(offset, size, info));
    if (info.si_signo == notes_.signal->number) add_details(*notes_.signal, info);
    return {};
  }

  Result<void> auxiliary(std::uint64_t offset, std::uint32_t size) {
    std::vector<std::uint64_t> words(std::min(size, max_auxv) / sizeof(std::uint64_t) &
                                     ~std::size_t{1});
    PYEXC_CHECK(read_exactly(fd_, offset, std::as_writable_bytes(std::span(words))));
    notes_.auxv = std::move(words);
    return {};
  }

  Result<void> files(std::uint64_t offset, std::uint32_t size) {
    if (size > max_file_note)
      return fail(Errc::unreadable_file, "its list of mapped files is too long");
    std::vector<std::uint64_t> words(size / sizeof(std::uint64_t) +
                                     1);  // one more: ends the last name
    PYEXC_CHECK(read_exactly(fd_, offset, std::as_writable_bytes(std::span(words)).first(size)));
    constexpr std::size_t header = 2, per_piece = 3;
    if (size < header * sizeof(std::uint64_t)) return bad_files();
    const std::uint64_t count = words[0], unit = words[1];
    if (count > (size / sizeof(std::uint64_t) - header) / per_piece) return bad_files();
    const char* const bytes = reinterpret_cast<const char*>(words.data());
    std::size_t at = (header + per_piece * static_cast<std::size_t>(count)) * sizeof(std::uint64_t);
    std::map<std::string, std::uint32_t, std::less<>> known;
    std::vector<MappedPiece> pieces;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t* piece = &words[header + i * per_piece];
      if (at >= size) return bad_files();
      const std::string_view path(bytes + at, ::strnlen(bytes + at, size - at));
      at += path.size() + 1;
      std::uint64_t in_file = 0;
      if (piece[0] >= piece[1] || __builtin_mul_overflow(piece[2], unit, &in_file))
        return bad_files();
      auto found = known.find(path);
      if (found == known.end()) {
        found = known.emplace(path, static_cast<std::uint32_t>(notes_.files.size())).first;
        notes_.files.emplace_back(path);
      }
      pieces.push_back({piece[0], piece[1], in_file, found->second});
    }
    std::ranges::sort(pieces, {}, &MappedPiece::start);
    for (std::size_t i = 1; i < pieces.size(); ++i)
      if (pieces[i].start < pieces[i - 1].end) return bad_files();
    notes_.pieces = std::move(pieces);
    return {};
  }

  static Result<void> bad_files() {
    return fail(Errc::unreadable_file, "its list of mapped files is damaged");
  }

  template <class T>
  Result<void> read_note(std::uint64_t offset, std::uint32_t size, T& to) {
    if (size < sizeof to) return fail(Errc::unreadable_file, "one of its notes is too short");
    return read_exactly(fd_, offset, std::as_writable_bytes(std::span(&to, 1)));
  }

  int fd_;
  Notes& notes_;
};

}  // namespace

std::optional<std::uint64_t> Notes::auxiliary(std::uint64_t type) const noexcept {
  for (std::size_t i = 0; i + 1 < auxv.size() && auxv[i] != AT_NULL; i += 2)
    if (auxv[i] == type) return auxv[i + 1];
  return std::nullopt;
}

Result<void> read_notes(int fd, std::uint64_t offset, std::uint64_t size, Notes& notes) {
  Reader reader(fd, notes);
  for (std::size_t count = 0; size >= sizeof(Elf64_Nhdr); ++count) {
    if (count == max_notes) return fail(Errc::unreadable_file, "it has more notes than are read");
    Elf64_Nhdr header;
    PYEXC_CHECK(read_exactly(fd, offset, std::as_writable_bytes(std::span(&header, 1))));
    const std::uint64_t whole = sizeof header + aligned(header.n_namesz) + header.n_descsz;
    if (header.n_namesz > max_name || whole > size)
      return fail(Errc::unreadable_file, "one of its notes is damaged");
    char name[max_name] = {};
    PYEXC_CHECK(read_exactly(fd, offset + sizeof header,
                             std::as_writable_bytes(std::span(name)).first(header.n_namesz)));
    const std::uint64_t description = offset + sizeof header + aligned(header.n_namesz);
    PYEXC_CHECK(reader.note(header.n_type, text_of(name, header.n_namesz) == "CORE", description,
                            header.n_descsz));
    const std::uint64_t step = std::min(aligned(whole), size);
    offset += step;
    size -= step;
  }
  return {};
}

}  // namespace pyexc::core
