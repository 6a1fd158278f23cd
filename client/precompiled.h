// Precompiled for the client library: what it offers.
#pragma once

#include "kosei/client/client.h"
