// The common headers and its public one, for the client library.
#pragma once

#include "common.h"
#include "kosei/client/client.h"
