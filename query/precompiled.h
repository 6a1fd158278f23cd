// Precompiled for the query library: what it asks.
#pragma once

#include "kosei/language/ast.h"
#include "kosei/model/schema.h"
#include "kosei/storage/reader.h"
