// Package webpage reads what a web page says about the feeds of its blog: those that
// it announces, the software that made it, the comments it embeds from other
// services, and, on the page of a post, which comments stand there. It is pure:
// fetching belongs to package fetch, choosing among feeds to package pull.
package webpage
