// Precompiled for the process library: what it stands on.
#pragma once

#include "kosei/model/schema.h"
#include "kosei/query/statement.h"
#include "kosei/storage/reader.h"
