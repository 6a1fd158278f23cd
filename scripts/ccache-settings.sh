# Read by the scripts that build: `. scripts/ccache-settings.sh` from the top of the tree. A file that is not in the
# cache is compiled at once: preprocessing it first, to look for it by its text, costs nearly as much as compiling it
# with a precompiled header. Such a header knows where the headers of the project lie, so the cache serves clones at the
# same path, and one elsewhere fills it anew (cmake/kosei_precompiled.cmake).
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
