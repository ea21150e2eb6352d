// A relying party that nobody has registered: openid-client registers it, and completes the code flow. Its one argument is
// what it was told, as JSON; the other lines are as in relying_party.mjs.
import { webcrypto } from 'node:crypto'
import { createInterface } from 'node:readline'
import * as client from 'openid-client'

globalThis.crypto ??= webcrypto // Node.js 18
globalThis.CryptoKey ??= webcrypto.CryptoKey

const told = JSON.parse(process.argv[2])
const input = createInterface({ input: process.stdin })
const answers = input[Symbol.asyncIterator]()

function say(step) {
  process.stdout.write(`${JSON.stringify(step)}\n`)
}

const config = await client.dynamicClientRegistration(
  new URL(told.issuer),
  { client_name: 'Unheard of', redirect_uris: [told.redirect_uri], ...told.metadata },
  { client_secret_basic: client.ClientSecretBasic(), none: client.None() }[told.metadata.token_endpoint_auth_method],
  { execute: [client.allowInsecureRequests], initialAccessToken: told.token },
)
say({ step: 'registered', metadata: config.clientMetadata() })

const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: told.redirect_uri,
  scope: 'openid email',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
})
say({ open: url.href })
const { value } = await answers.next()
const arrived = new URL(JSON.parse(value).url)
const tokens = await client.authorizationCodeGrant(config, arrived, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  idTokenExpected: true,
})
const claims = tokens.claims()
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
say({ step: 'signed in', claims, userinfo })
process.exit(0)
