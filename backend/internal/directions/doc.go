// Package directions holds one test: that the packages of Airloom import one another only downwards. It has no code;
// it may import the standard library only.
package directions
