#include "app/help.hpp"

namespace pyexc::app {

std::string_view help_text() noexcept {
  return R"(Usage: pyexc-attach [OPTION]... PID...
       pyexc-attach core [OPTION]... COREFILE [EXECUTABLE]
       pyexc-attach replay [OPTION]... FILE

Shows what each thread of a running CPython process is handling: the exception it is in the
middle of, what led to it, and the stack. The process is stopped for some milliseconds and goes
on; nothing is written to it and none of its code runs.

What is shown
  --format=text|json     text for people (default), or one JSON object per process and line
  --exceptions-only      no stacks, and no threads that handle nothing
  --thread TID           only this thread; may be given several times
  --tasks=WHICH          of asyncio's tasks: busy, those that handle an exception or ended
                         with one (default), all, tree with who waits for whom, or none
  --children             also every process below the given ones: a server's workers
  --times N              look N times and say which threads and tasks moved meanwhile
  --every DURATION       with --times: from look to look (default 500ms)
  --native[=all]         the frames of C, too, merged with those of Python; with all also of threads
                         that Python does not know
  --locals               the variables of each frame with their values
  --full                 with --locals: without the limits below
  --max-string N         with --locals: characters of one string (default 1000)
  --max-items N          with --locals: items of one container (default 100)
  --max-depth N          with --locals: values inside values (default 8)
  --max-attributes N     with --locals: attributes of one object (default 20)
  --no-redact            show what would be masked as a secret
  --redact REGEX         mask also names and text that match; may be given several times
  --keep REGEX           show names and text that match all the same; may be given several times
  --color[=WHEN]         auto (default), always or never; without WHEN always

How the process is read
  --max-freeze DURATION  let it go on after this time, read or not (default 1s)
  --no-freeze            do not stop it; the report says what cannot be trusted then
  --timeout DURATION     give up after this time, output included

A core file, of the kernel or of gcore, also compressed with zstd, lz4 or xz
  --sysroot DIR          the files that were mapped, and the sources, are below this directory
  --debug-dir DIR        has .build-id/ in it; may be given several times (default /usr/lib/debug)
  --max-unpacked SIZE    of a compressed core (default 16G); it is unpacked in TMPDIR or /var/tmp

Where it goes
  --output FILE          write the report to this new file instead of stdout
  --record FILE          also write a recording to this new file, for pyexc-attach replay

  -v, --verbose          say on stderr what is being done
  --version              print the version
  -h, --help             print this

A DURATION is a number of seconds or has a unit: 200ms, 1.5s, 2m.

Exit status: 0 complete report, 1 incomplete report, 2 bad usage, 3 no such process,
4 not permitted, 5 not Python, 6 Python not supported, 7 core or recording unreadable, 8 report not
written, 9 timeout, 70 internal error, 130 or 143 interrupted, 141 nobody reads stdout.
)";
}

}  // namespace pyexc::app
