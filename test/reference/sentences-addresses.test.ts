import { checkTable, pod, policy } from "./fixtures.ts";

const objects = [
  pod("n/v4", ["10.244.3.4"]),
  pod("n/dual", ["10.244.0.4", "fd00::4"]),
  pod("n/dual2", ["10.244.0.5", "fd00::5"]),
  pod("n/v6", ["fd00::6"]),
];

const blocks = (...list: readonly { readonly cidr: string; readonly except?: string[] }[]) =>
  policy("n", { ingress: [{ from: list.map((ipBlock) => ({ ipBlock })) }] });
const block = (cidr: string, ...except: string[]) => blocks({ cidr, except });

const policies = {
  bits24: block("10.244.3.99/24"),
  bits25: block("10.244.3.199/25"),
  bitsExcept: block("10.0.0.0/8", "10.244.3.99/24"),
  bits64: block("2001:db8::ffff:1/64"),
  capitals: block("2001:DB8:0:0::1/128"),
  dotted: block("2001:db8::0.0.0.1/128"),
  two: block("2001:db8::2/128"),
  all4: block("0.0.0.0/0"),
  all6: block("::/0"),
  pods6: block("fd00::/64"),
  source4: block("10.244.0.4/32"),
  not4: blocks({ cidr: "10.0.0.0/8", except: ["10.244.0.0/16"] }, { cidr: "::/0" }),
  to4: policy("n", {
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr: "10.244.0.0/16" } }] }],
  }),
};

checkTable(
  objects,
  policies,
  `
  host bits are masked                            | bits24     | n/v4 n/dual 80                     | true
  host bits are masked, the prefix is not         | bits25     | n/v4 n/dual 80                     | false
  host bits of except are masked                  | bitsExcept | n/v4 n/dual 80                     | false
  host bits of IPv6 are masked                    | bits64     | 2001:db8::1 n/v6 80                | true
  an address has many texts                       | capitals   | 2001:db8::1 n/v6 80                | true
  an address has many texts                       | dotted     | 2001:db8::1 n/v6 80                | true
  an address has many texts                       | two        | 2001:db8:0::0:2 n/v6 80            | true
  another address is another                      | two        | 2001:db8::1 n/v6 80                | false
  IPv4 blocks do not match IPv6                   | all4       | 2001:db8::1 n/v6 80                | false
  IPv6 blocks do not match IPv4                   | all6       | n/v4 n/dual 80                     | false
  a dual-stack pod is reachable by IPv6           | pods6      | n/dual n/dual2 80                  | true
  a dual-stack pod is reachable by IPv4           | source4    | n/dual n/dual2 80                  | true
  a packet has one family                         | pods6      | n/dual n/dual2 80 fromIP=10.244.0.4 toIP=10.244.0.5 | false
  a packet has one family                         | pods6      | n/dual n/dual2 80 fromIP=fd00::4 toIP=fd00::5       | true
  the destination's address gives the family      | pods6      | n/dual n/dual2 80 toIP=10.244.0.5  | false
  the source's address gives the family           | pods6      | 10.244.0.4 n/dual2 80              | false
  egress and ingress are judged in one family     | pods6 to4  | n/dual n/dual2 80                  | false
  egress and ingress are judged in one family     | source4 to4 | n/dual n/dual2 80                 | true
  except cuts from its own block and family       | not4       | n/dual n/dual2 80                  | true
  except cuts from its own block and family       | not4       | n/v4 n/dual2 80                    | false
  pods without a common family have no packets    |            | n/v4 n/v6 80                       | false
  pods without a common family have no packets    |            | n/v4 fd00::6 80                    | false
  `,
);
