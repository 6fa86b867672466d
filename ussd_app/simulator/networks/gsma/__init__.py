"""A mobile-money provider that speaks the GSMA Mobile Money API 1.2; its OpenAPI files lie here, MIT, licence beside."""
