//go:build cgo && (amd64 || arm64)

#define _GNU_SOURCE
#include "keep.h"

#include <elf.h>
#include <link.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// A library calls functions of other libraries through addresses that the loader writes into the library's own memory.
// Here those of two are written anew, so that a large block is kept when the library frees it.
//
// Every block is malloc's own: whoever else frees one, with free itself, does nothing wrong.

enum { LARGE = 32 << 20 };

static _Atomic(void*) kept;
static atomic_long reused;

void keep_none(void) { free(atomic_exchange(&kept, NULL)); }

long keep_reused(void) { return reused; }

static void free_or_keep(void* block) {
  if (block && malloc_usable_size(block) >= LARGE) block = atomic_exchange(&kept, block);
  free(block);
}

static int memalign_or_kept(void** out, size_t alignment, size_t size) {
  if (size >= LARGE) {
    void* block = atomic_exchange(&kept, NULL);
    size_t has = block ? malloc_usable_size(block) : 0;
    if (has >= size && has - size <= size / 8 && (uintptr_t)block % alignment == 0) {
      reused++;
      *out = block;
      return 0;
    }
    free(block);
  }
  return posix_memalign(out, alignment, size);
}

#if defined(__x86_64__)
enum { SLOT = R_X86_64_JUMP_SLOT, DATA = R_X86_64_GLOB_DAT, WORD = R_X86_64_64 };
#else
enum { SLOT = R_AARCH64_JUMP_SLOT, DATA = R_AARCH64_GLOB_DAT, WORD = R_AARCH64_ABS64 };
#endif

struct search {
  const char* library;
  const char* error;
  int pass;  // 0 counts what is found, 1 writes it
  int found[2];
};

static int write_address(uintptr_t at, void* function) {
  uintptr_t page = sysconf(_SC_PAGESIZE), start = at & ~(page - 1), end = (at + sizeof(void*) + page - 1) & ~(page - 1);
  if (mprotect((void*)start, end - start, PROT_READ | PROT_WRITE)) return 0;
  *(void**)at = function;
  return 1;  // stays writable: what else lies on these pages may have been
}

static void relocations(struct search* s, uintptr_t base, const ElfW(Rela) * all, size_t size, const ElfW(Sym) * symbols, const char* names) {
  for (const ElfW(Rela)* r = all; r < all + size / sizeof *all; r++) {
    int kind = ELF64_R_TYPE(r->r_info);
    if ((kind != SLOT && kind != DATA && kind != WORD) || r->r_addend) continue;
    const char* name = names + symbols[ELF64_R_SYM(r->r_info)].st_name;
    int which = !strcmp(name, "free") ? 0 : !strcmp(name, "posix_memalign") ? 1 : -1;
    if (which < 0) continue;
    if (s->pass && !write_address(base + r->r_offset, which ? (void*)memalign_or_kept : (void*)free_or_keep)) {
      s->error = "its memory cannot be written to";
      return;
    }
    s->found[which]++;
  }
}

static int visit(struct dl_phdr_info* info, size_t size, void* data) {
  struct search* s = data;
  if (strcmp(info->dlpi_name, s->library)) return 0;
  uintptr_t base = info->dlpi_addr;
  const ElfW(Dyn)* dynamic = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) dynamic = (void*)(base + info->dlpi_phdr[i].p_vaddr);
  }
  const ElfW(Rela)*rela = NULL, *jump = NULL;
  const ElfW(Sym)* symbols = NULL;
  const char* names = NULL;
  size_t rela_size = 0, jump_size = 0;
  for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
    switch (dynamic->d_tag) {
      case DT_RELA: rela = (void*)dynamic->d_un.d_ptr; break;
      case DT_RELASZ: rela_size = dynamic->d_un.d_val; break;
      case DT_JMPREL: jump = (void*)dynamic->d_un.d_ptr; break;
      case DT_PLTRELSZ: jump_size = dynamic->d_un.d_val; break;
      case DT_SYMTAB: symbols = (void*)dynamic->d_un.d_ptr; break;
      case DT_STRTAB: names = (void*)dynamic->d_un.d_ptr; break;
    }
  }
  if (!symbols || !names) {
    s->error = "it has no table of symbols";
    return 1;
  }
  for (s->pass = 0; s->pass < 2 && !s->error; s->pass++) {
    relocations(s, base, rela, rela_size, symbols, names);
    relocations(s, base, jump, jump_size, symbols, names);
    if (!s->found[0] || !s->found[1]) s->error = "it does not call free and posix_memalign";
  }
  return 1;
}

const char* keep_large(const char* library) {
  struct search s = {.library = library, .error = NULL};
  return dl_iterate_phdr(visit, &s) ? s.error : "it is not loaded";
}
