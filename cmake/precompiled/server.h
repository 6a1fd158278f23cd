// The common headers and the rooms that it serves, for the server library.
#pragma once

#include "common.h"
#include "kosei/process/desk.h"
#include "kosei/query/statement.h"
#include "kosei/storage/engine.h"
