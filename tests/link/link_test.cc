// Links one library whole (every object of it) with nothing but what the library declares: a symbol
// of a layer that it must not use has nobody to come from, and the link fails.
int main() { return 0; }
