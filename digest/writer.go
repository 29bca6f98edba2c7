package digest

// Nameless lists, in lower case, the names that blogs give to writers who gave none.
func Nameless() []string { return []string{"anonymous", "unknown", "anon", "guest"} }
