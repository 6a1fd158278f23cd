# Read by the scripts that build: `. scripts/ccache-settings.sh` from the top of the tree. One cache serves every clone
# of the project, precompiled headers included. A file that is not in it is compiled at once: preprocessing it first, to
# look for it by its text, costs nearly as much as compiling it with a precompiled header.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
