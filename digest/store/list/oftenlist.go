package list

// Often gives the statements that run for every subscriber imported.
func Often() []string {
	return []string{
		queryAddSubscriber,
		queryAddConsent,
		querySubscriberState,
	}
}
