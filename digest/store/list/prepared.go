package list

// Prepared gives the statements that run for every subscriber imported.
func Prepared() []string {
	return []string{
		queryAddSubscriber,
		queryAddConsent,
		querySubscriberState,
	}
}
