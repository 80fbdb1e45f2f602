"""A corpus or a whole data folder as one file, written while others use it and checked before
anything of it is put in place."""
