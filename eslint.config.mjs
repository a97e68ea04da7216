import tseslint from 'typescript-eslint';

/** What speaks to people without client/src/ui, which makes foreign text inert; calls, as a value, by a computed name, or imported by name. */
const speaks =
  'show(Information|Warning|Error)Message|(show|create)QuickPick|(show|create)InputBox|show(Open|Save)Dialog|showWorkspaceFolderPick' +
  '|withProgress|setStatusBarMessage|createStatusBarItem|createTerminal|MarkdownString|TreeItem';
const instead = 'Foreign text could become a link, a command or an icon: use client/src/ui (notifications, prompts, rows, terminals).';

/** Arrows between the rooms are held by test/architecture.test.ts; this file holds what a single file may do. */
export default tseslint.config(
  { ignores: ['**/dist/', 'out/', 'artifacts/', '**/node_modules/'] },
  {
    files: ['client/src/**/*.ts', 'server/src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-properties': ['error', { property: 'sendText', message: 'A command is an argv, not text.' }],
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
  {
    files: ['client/src/**/*.ts'],
    ignores: ['client/src/ui/**', 'client/src/host/**', '**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          `MemberExpression[property.name=/^(${speaks})$/]`,
          `MemberExpression[property.value=/^(${speaks})$/]`,
          `Property[key.name=/^(${speaks})$/]`,
          `ImportDeclaration[source.value="vscode"] ImportSpecifier[imported.name=/^(${speaks})$/]`,
          'NewExpression[callee.property.name="FileSystemError"]',
          'CallExpression[callee.object.property.name="FileSystemError"] > :matches(TemplateLiteral, BinaryExpression)',
          'AssignmentExpression[left.object.type!="ThisExpression"][left.property.name=/^(label|description|tooltip|message|accessibilityInformation)$/]',
        ].map((selector) => ({ selector, message: instead })),
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts', '**/*.e2e.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.object.name=/^(it|describe)$/][callee.property.name=/^(only|skip)$/]',
          message: 'No test is skipped or singled out.',
        },
      ],
    },
  },
);
