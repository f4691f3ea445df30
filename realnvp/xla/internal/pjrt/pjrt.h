// The arguments of those functions of PJRT's C interface that are called here, laid out as pjrt_c_api.h has them. They
// only ever grow at their ends, and each says its size first.
#ifndef FLOWBOOK_PJRT_H
#define FLOWBOOK_PJRT_H
#include <stddef.h>

typedef struct {
  size_t struct_size;
  void* extension_start;
  const char* code;
  size_t code_size;
  const char* format;
  size_t format_size;
} program;

typedef struct {
  size_t struct_size;
  void* extension_start;
  void* client;
  const program* program;
  const char* compile_options;
  size_t compile_options_size;
  void* executable;  // out
} compile_args;

// One thing in, one thing out: get the executable of a loaded one, the topology of a client. Destroying uses the first alone.
typedef struct {
  size_t struct_size;
  void* extension_start;
  void* of;
  void* out;
} get_args;

// Of an executable or a topology.
typedef struct {
  size_t struct_size;
  void* extension_start;
  void* of;
  const char* bytes;  // out
  size_t size;        // out
  void* owner;        // out
  void (*free_owner)(void* owner);  // out
} serialize_args;

typedef struct {
  size_t struct_size;
  void* extension_start;
  void* of;
  const char* text;  // out
  size_t size;       // out
} text_args;

typedef struct {
  size_t struct_size;
  void* extension_start;
  void* client;
  const char* bytes;
  size_t size;
  void* executable;  // out
  const char* options;  // none: those of the serialized executable
  size_t options_size;
} load_args;

#define FRONTS 4

// The function that stands in for the Nth plugin's PJRT_Client_Compile.
void* front_compile(int number);

// A function that answers go-xla's question for the memory that a program takes without an answer, all zeros. XLA works
// it out for a twentieth of the time that loading takes, and it goes nowhere but into go-xla's log of debugging.
void* no_memory_stats(void);

void* call(void* function, void* args);
void free_owner(serialize_args* args);
#endif
