// @cloud-copilot/iam-simulate through its own public interface: reads a question from standard input, prints an answer.
const fs = require('fs')
const { runSimulation } = require(require.resolve('@cloud-copilot/iam-simulate', { paths: [process.argv[2]] }))
const question = JSON.parse(fs.readFileSync(0, 'utf8'))

async function ask() {
  const answers = []
  for (const [action, resource, context] of question.requests) {
    const response = await runSimulation(
      {
        request: {
          principal: question.principal,
          action,
          resource: { resource, accountId: question.account },
          contextVariables: context,
        },
        identityPolicies: [{ name: 'policy', policy: question.document }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {}
    )
    answers.push(response.resultType === 'error' ? 'error' : response.overallResult)
  }
  return answers
}

async function main() {
  const answers = await ask()
  let best = Infinity
  for (let run = 0; run < 3; run++) {
    const start = process.hrtime.bigint()
    await ask()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9)
  }
  console.log(JSON.stringify({ rate: question.requests.length / best, answers }))
}
main().catch((error) => {
  console.error(String(error))
  process.exit(1)
})
