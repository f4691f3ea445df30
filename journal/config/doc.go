// Package config writes the config of a run as JSON, sets values of it by their dotted paths, and compares configs.
package config
