#pragma once
// The section of a recording for --native: registers, and frames of C with their names.

#include "target/recording/bytes.hpp"
#include "target/recording/recording.hpp"

namespace pyexc::recording {

void write_native(ByteWriter& out, const Recording& recording);
void read_native(ByteReader& in, Recording& out);

}  // namespace pyexc::recording
