// Package hostmemory keeps a process that compiles with XLA small.
package hostmemory
