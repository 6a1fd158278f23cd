// The common headers and those of what it stands on, for the process library.
#pragma once

#include "common.h"
#include "kosei/model/schema.h"
#include "kosei/query/statement.h"
#include "kosei/storage/reader.h"
