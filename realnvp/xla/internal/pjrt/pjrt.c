#include <string.h>

#include "pjrt.h"
#include "_cgo_export.h"

// C's functions hold no data, so each plugin needs one of its own.
static void* front0(compile_args* args) { return flowbookCompile(0, args); }
static void* front1(compile_args* args) { return flowbookCompile(1, args); }
static void* front2(compile_args* args) { return flowbookCompile(2, args); }
static void* front3(compile_args* args) { return flowbookCompile(3, args); }

void* front_compile(int number) {
  static void* (*const all[FRONTS])(compile_args*) = {front0, front1, front2, front3};
  return (void*)all[number];
}

static void* zeros(get_args* args) {
  memset(&args->out, 0, args->struct_size - offsetof(get_args, out));
  return 0;
}

void* no_memory_stats(void) { return (void*)zeros; }

void* call(void* function, void* args) { return ((void* (*)(void*))function)(args); }

void free_owner(serialize_args* args) {
  if (args->free_owner) args->free_owner(args->owner);
}
