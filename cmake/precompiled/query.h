// The common headers and those of what it asks, for the query library.
#pragma once

#include "common.h"
#include "kosei/language/ast.h"
#include "kosei/model/schema.h"
#include "kosei/storage/reader.h"
