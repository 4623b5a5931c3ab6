#pragma once
// What pyexc-attach ends with. Scripts decide on these numbers: none is ever given another meaning.

namespace pyexc {

enum class ExitStatus : int {
  complete = 0,          ///< everything was read, also when nothing is being handled
  incomplete = 1,        ///< a report was printed, but something in it could not be read
  usage = 2,             ///< the command line makes no sense
  no_process = 3,        ///< no such process, a zombie, or it ended meanwhile
  not_permitted = 4,     ///< the kernel refused; also: somebody else is tracing it
  not_python = 5,        ///< no CPython in it, or not initialised (any more)
  unsupported = 6,       ///< a Python or an architecture that this build does not read
  unreadable_input = 7,  ///< the core or recording is damaged, cut or unknown
  not_written = 8,       ///< the report or the recording could not be written
  timeout = 9,           ///< --timeout passed
  internal = 70,         ///< a defect of this program
  interrupted = 130,     ///< SIGINT; the target was let go first
  terminated = 143,      ///< SIGTERM; the target was let go first
  reader_gone = 141,     ///< nobody reads stdout any more
};

}  // namespace pyexc
