/** Set where a run of the tests is on PostgreSQL, to a database that others are copied from; processes that a test starts inherit it. */
export const POSTGRES_URL_VARIABLE = 'LANDLORD_TEST_POSTGRES_URL'
