// Where the tests find a kit: a folder with features/ and graphs/ in it.
#pragma once

#include <string>

namespace kosei::tck {

// The folder that the environment names as KOSEI_TCK, such as that of the openCypher TCK; else our
// own, tests/tck/kit.
std::string KitFolder();

}  // namespace kosei::tck
