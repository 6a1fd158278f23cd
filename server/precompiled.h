// Precompiled for the server library: the rooms that it serves.
#pragma once

#include "kosei/process/desk.h"
#include "kosei/query/statement.h"
#include "kosei/storage/engine.h"
