// The common headers and the client's, for the cli library.
#pragma once

#include "common.h"
#include "kosei/client/client.h"
