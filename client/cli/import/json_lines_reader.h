// Rows of a JSON Lines file: one object a line, its members by name.
#pragma once

#include <memory>

#include "import/line_buffer.h"
#include "import/row.h"

namespace kosei::cli {

std::unique_ptr<RowReader> OpenJsonLines(std::unique_ptr<LineBuffer> buffer);

}  // namespace kosei::cli
