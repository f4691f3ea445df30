// Package query is the language in which runs are chosen and sorted: filters such as "config.couplings>8 and metric.bpd<1.8", see
// [ParseFilter].
package query
