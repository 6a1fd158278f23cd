// Gives the precompiled header of the libraries a target to live in.
