// Package hostmemory keeps a process that compiles with XLA small, and its C library quick.
package hostmemory
