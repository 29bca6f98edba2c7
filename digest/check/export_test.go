package check

// Names gives the names of persons in a text, where a blog has some others.
func Names(text string, blog ...string) []string {
	return names(text, vocabularyOf(append(blog, text)))
}

// Abbreviations gives those of a text, where a blog has some others.
func Abbreviations(text string, blog ...string) []string {
	return abbreviations(text, vocabularyOf(append(blog, text)))
}
