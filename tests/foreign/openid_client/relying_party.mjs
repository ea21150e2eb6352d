// A relying party made of openid-client. Its one argument is what it was told, as JSON; each step it takes is a line of
// JSON on standard output. A line with "open" asks for a person's browser: what reached the client is read from
// standard input, as {"url": …} or, where it was posted, {"url": …, "body": …}.
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

async function open(url) {
  say({ open: url.href })
  const { value } = await answers.next()
  const arrived = JSON.parse(value)
  if (arrived.body === undefined) return new URL(arrived.url)
  return new Request(arrived.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: arrived.body,
  })
}

async function discover(...more) {
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks, ...more]
  return client.discovery(
    new URL(told.issuer),
    told.client_id,
    { id_token_signed_response_alg: 'RS256', authorization_signed_response_alg: 'RS256' },
    client.ClientSecretBasic(told.client_secret),
    { execute },
  )
}

// The code flow. `link` makes the URL that the browser is sent to.
async function signIn(name, config, link, parameters = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = await link(config, {
    redirect_uri: told.redirect_uri,
    scope: 'openid email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  })
  const arrived = await open(url)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  const tokens = await client.authorizationCodeGrant(config, arrived, checks)
  const claims = tokens.claims()
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
  say({ step: name, sent: [...url.searchParams.keys()].sort(), claims, userinfo, scope: tokens.scope })
  return tokens
}

// What a promise is refused with.
async function refusal(promise) {
  try {
    await promise
    return null
  } catch (error) {
    return error.error ?? error.cause?.error ?? error.code
  }
}

const config = await discover()
const metadata = config.serverMetadata()
say({ step: 'discovery', issuer: metadata.issuer, pkce: metadata.supportsPKCE() })

const key = {
  kid: told.key.kid,
  key: await crypto.subtle.importKey('jwk', told.key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
}
const byQuery = async (...given) => client.buildAuthorizationUrl(...given)
const pushed = (...given) => client.buildAuthorizationUrlWithPAR(...given)
const signed = (...given) => client.buildAuthorizationUrlWithJAR(...given, key)
const signedAndPushed = async (config, parameters) => pushed(config, (await signed(config, parameters)).searchParams)

await signIn('query', config, byQuery, { prompt: 'consent' })
await signIn('form_post', config, byQuery, { response_mode: 'form_post' })
await signIn('PAR', config, pushed)
await signIn('JAR', config, signed)
await signIn('JAR and PAR', config, signedAndPushed)
const jarm = await discover(client.useJwtResponseMode)
await signIn('JARM', jarm, byQuery)
const tokens = await signIn('JAR, PAR and JARM', jarm, signedAndPushed)

const renewed = await client.refreshTokenGrant(config, tokens.refresh_token)
say({
  step: 'refresh',
  rotated: renewed.refresh_token !== tokens.refresh_token,
  sub: renewed.claims().sub,
  same: renewed.claims().auth_time === tokens.claims().auth_time,
})

const before = await client.tokenIntrospection(config, renewed.access_token)
await client.tokenRevocation(config, renewed.refresh_token)
const after = await client.tokenIntrospection(config, renewed.access_token)
const refused = await refusal(client.refreshTokenGrant(config, renewed.refresh_token))
say({ step: 'revocation', before: before.active, client_id: before.client_id, after: after.active, refused })

const bye = client.buildEndSessionUrl(config, {
  id_token_hint: renewed.id_token,
  post_logout_redirect_uri: told.post_logout_redirect_uri,
  state: 'bye',
})
say({ step: 'logout', landed: (await open(bye)).href })

const silent = await refusal(signIn('after logout', config, byQuery, { prompt: 'none' }))
say({ step: 'after logout', refused: silent })
input.close()
