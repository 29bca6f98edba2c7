// Package field reads the values that platforms put into feeds, dumps and web
// pages: titles, names, ids, addresses, numbers and times. Whatever comes in, what
// comes out is valid, bounded, and the same for the same thing in every format.
package field
