#pragma once
// A small core as the kernel would write it: two threads, ended by a write to 0x10, one mapped
// file, and the first thread's stack with its command line.

#include <elf.h>
#include <sys/procfs.h>
#include <sys/user.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace pyexc::core_sample {

inline constexpr std::uint64_t page = 4096;
inline constexpr std::uint64_t program = 0x400000, heap = 0x10000000, stack = 0x7ffff000,
                               stack_end = stack + 2 * page;

template <class T>
std::string bytes_of(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

inline std::string note(std::uint32_t type, const std::string& description) {
  std::string out = bytes_of(Elf64_Nhdr{5, static_cast<std::uint32_t>(description.size()), type});
  out += std::string("CORE\0\0\0\0", 8) + description;
  out.resize((out.size() + 3) / 4 * 4);
  return out;
}

inline std::string thread_note(int tid, int signal) {
  elf_prstatus status{};
  status.pr_pid = tid;
  status.pr_cursig = static_cast<short>(signal);
  user_regs_struct registers{};
  registers.rip = 0x401000 + static_cast<std::uint64_t>(tid);
  registers.rsp = stack + 64;
  std::memcpy(&status.pr_reg, &registers, sizeof registers);
  return note(NT_PRSTATUS, bytes_of(status));
}

inline std::vector<std::uint64_t> auxv() {
  return {AT_PHDR, program + 64, AT_PAGESZ, page, AT_RANDOM, stack_end - 256, AT_NULL, 0};
}

inline std::string words(const std::vector<std::uint64_t>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()),
                     values.size() * sizeof(std::uint64_t));
}

inline std::string notes() {
  elf_prpsinfo process{};
  process.pr_pid = 4711;
  process.pr_uid = 1000;
  std::strcpy(process.pr_fname, "python3");
  std::strcpy(process.pr_psargs, "python3 cut ");
  siginfo_t info{};
  info.si_signo = SIGSEGV;
  info.si_code = SEGV_MAPERR;
  info.si_addr = reinterpret_cast<void*>(0x10);
  const std::string files =
      words({1, page, program, program + 2 * page, 0}) + std::string("/nowhere/python3\0", 17);
  return thread_note(4711, SIGSEGV) + note(NT_PRPSINFO, bytes_of(process)) +
         note(NT_SIGINFO, bytes_of(info)) + note(NT_AUXV, words(auxv())) + note(NT_FILE, files) +
         thread_note(4712, 0);
}

/// The last page of the stack: argc, argv, environ, the auxiliary vector, strings.
inline std::string stack_page() {
  std::string text(page, '\0');
  const std::uint64_t base = stack + page;
  const auto place = [&](std::uint64_t at, const std::string& bytes) {
    text.replace(at, bytes.size(), bytes);
  };
  const std::uint64_t strings = page - 200;
  place(strings, std::string("python3\0shop.py\0a b\0", 20));
  place(strings + 32, std::string("HOME=/\0PWD=/srv/shop\0", 21));
  const std::uint64_t argv = base + strings, environment = argv + 32;
  place(page - 1024,
        words({3, argv, argv + 8, argv + 16, 0, environment, environment + 7, 0}) + words(auxv()));
  return text;
}

inline std::string core() {
  const std::string all_notes = notes();
  std::vector<Elf64_Phdr> headers(4);
  const std::uint64_t notes_at = sizeof(Elf64_Ehdr) + headers.size() * sizeof(Elf64_Phdr);
  const std::uint64_t data = (notes_at + all_notes.size() + page - 1) / page * page;
  headers[0] = {PT_NOTE, 0, notes_at, 0, 0, all_notes.size(), 0, 4};
  headers[1] = {PT_LOAD, PF_R | PF_X, data, program, 0, 0, 2 * page, page};
  headers[2] = {PT_LOAD, PF_R | PF_W, data, heap, 0, page, page, page};
  headers[3] = {PT_LOAD, PF_R | PF_W, data + page, stack, 0, 2 * page, 2 * page, page};
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_CORE;
  header.e_machine = EM_X86_64;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = static_cast<std::uint16_t>(headers.size());
  std::string out = bytes_of(header);
  for (const Elf64_Phdr& one : headers) out += bytes_of(one);
  out += all_notes;
  out.resize(data);
  out += std::string(page, 'h') + std::string(page, 's') + stack_page();
  return out;
}

}  // namespace pyexc::core_sample
