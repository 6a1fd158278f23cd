// Precompiled for the commands: the client library.
#pragma once

#include "kosei/client/client.h"
