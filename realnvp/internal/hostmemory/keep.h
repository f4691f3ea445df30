#ifndef FLOWBOOK_KEEP_H
#define FLOWBOOK_KEEP_H

// Has the library at this path keep the large block that it freed last. NULL, or why not.
const char* keep_large(const char* library);

// Frees what is kept.
void keep_none(void);

// How often a kept block was taken again.
long keep_reused(void);

#endif
